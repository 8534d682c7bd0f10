// The provider panel as a real table, built from rows of text and numbers.
// textContent only, so that nothing is ever parsed as HTML: a reason may hold a patient's own words.
// The default export runs again whenever the rows or the theme change; it redraws only what is not drawn yet.

const SVG = "http://www.w3.org/2000/svg"
const COLUMNS = [
  ["status", "Status"], ["patient", "Patient"], ["why", "Why"], ["course", "Course against expected"],
  ["score", "Last score"], ["contact", "Last contact"], ["next", "Next"],
]
const SHAPES = {
  "■": ["rect", { x: 2, y: 2, width: 8, height: 8 }],
  "▼": ["path", { d: "M1 2.5h10L6 11z" }],
  "◆": ["path", { d: "M6 .5 11.5 6 6 11.5.5 6z" }],
  "□": ["rect", { x: 2, y: 2, width: 8, height: 8, class: "hollow" }],
  "○": ["circle", { cx: 6, cy: 6, r: 4.2, class: "hollow" }],
  "▲": ["path", { d: "M1 9.5h10L6 1z" }],
  "●": ["circle", { cx: 6, cy: 6, r: 4.7 }],
}
const drawn = new WeakMap() // root → the rows it shows, as text
const focused = new WeakMap() // root → the last request for focus it has answered

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".panel")
  const rows = JSON.stringify([data.rows, data.label])
  if (drawn.get(root) !== rows) {
    const held = parentElement.activeElement?.dataset?.focus
    root.replaceChildren(table(data))
    drawn.set(root, rows)
    find(root, held)?.focus({ preventScroll: true })
  }
  const colours = getComputedStyle(root).getPropertyValue("--st-chart-categorical-colors").split(",")
  root.style.setProperty("--band", colours[0])
  root.onclick = (event) => clicked(event, setTriggerValue)
  if (data.focus && focused.get(root) !== data.focus.turn) {
    focused.set(root, data.focus.turn)
    setTimeout(() => find(root, data.focus.id)?.focus(), 350) // after the drawer has gone
  }
}

function find(root, key) {
  return key ? root.querySelector(`[data-focus="${CSS.escape(key)}"]`) : null
}

function clicked(event, setTriggerValue) {
  const target = event.target.closest("[data-act], [data-open]")
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return // a new tab opens the address itself
  event.preventDefault()
  if (target.dataset.act) setTriggerValue("act", target.dataset.act)
  else setTriggerValue("open", target.dataset.open)
}

function table({ rows, label }) {
  const whole = element("table", { role: "table", "aria-label": label })
  const head = element("thead", { role: "rowgroup" })
  const headings = element("tr", { role: "row" })
  for (const [name, title] of COLUMNS) headings.append(element("th", { role: "columnheader", class: name }, title))
  head.append(headings)
  const body = element("tbody", { role: "rowgroup" })
  let group = null
  for (const row of rows) {
    if (row.group !== group) body.append(groupLine(row.group))
    group = row.group
    body.append(patient(row))
  }
  whole.append(head, body)
  return whole
}

function groupLine(group) {
  const line = element("tr", { role: "row", class: "group" })
  line.append(element("th", { role: "rowheader", colspan: COLUMNS.length, scope: "colgroup" }, group))
  return line
}

function patient(row) {
  const line = element("tr", { role: "row", class: row.asks ? "asks" : "quiet" })
  line.append(
    cell("status", status(row)),
    cell("patient", name(row), element("span", { class: "sub" }, row.sub)),
    cell("why", element("span", { class: "reason", title: row.reason }, row.reason)),
    cell("course", course(row.course, row.colour)),
    cell("score", element("span", { class: "value" }, row.score), element("span", { class: "range" }, row.expected)),
    cell("contact", document.createTextNode(row.contact)),
    cell("next", ...(row.action ? [action(row)] : [])),
  )
  line.children[1].setAttribute("role", "rowheader")
  return line
}

function status(row) {
  const tag = element("span", { class: row.filled ? "tag filled" : "tag" })
  if (row.filled) tag.style.background = `var(--st-${row.colour}-color)`
  const shape = svg("svg", { viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" })
  const [form, attributes] = SHAPES[row.glyph]
  shape.append(svg(form, attributes))
  shape.style.color = row.filled ? "inherit" : `var(--st-${row.colour}-color)`
  tag.append(shape, element("span", { class: "word" }, row.word))
  return tag
}

function name(row) {
  const line = element("span", { class: "name" })
  line.append(element("a", { href: row.href, "data-open": row.id, "data-focus": `open:${row.id}` }, row.name))
  if (row.mark) line.append(element("span", { class: row.is_new ? "mark new" : "mark" }, row.mark))
  return line
}

function course(line, colour) {
  const size = { viewBox: "0 0 150 42", width: 150, height: 42, preserveAspectRatio: "none" } // a quiet row is lower
  const picture = svg("svg", { ...size, role: "img", "aria-label": line.words })
  if (line.band) picture.append(svg("polygon", { points: line.band, class: "band" }))
  if (line.line) picture.append(svg("polyline", { points: line.line, class: "line" }))
  if (line.last) {
    const point = svg("path", { d: `M${line.last[0]} ${line.last[1]}h.01`, class: "last" }) // a round cap stays round
    if (line.outside) point.style.stroke = `var(--st-${colour}-color)`
    picture.append(point)
  }
  return picture
}

function action(row) {
  const kind = row.filled ? "primary" : "plain"
  const label = `${row.action} ${row.name}`
  return element("button", { type: "button", class: kind, "data-act": row.id, "data-focus": row.id, "aria-label": label }, row.action)
}

function cell(name, ...children) {
  const made = element("td", { role: "cell", class: name })
  made.append(...children)
  return made
}

function element(tag, attributes, text) {
  return attributed(document.createElement(tag), attributes, text)
}

function svg(tag, attributes) {
  return attributed(document.createElementNS(SVG, tag), attributes)
}

function attributed(made, attributes, text) {
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  if (text !== undefined) made.textContent = text
  return made
}
