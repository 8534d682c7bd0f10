// A real table of text, built with textContent only: a clinic's name is never parsed as HTML.

const ROOM = 95 // px a column needs
const DASH = "–"
const drawn = new WeakMap() // root → the rows it shows, as text
const watched = new WeakMap() // root → what watches its width

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".groups")
  const rows = JSON.stringify(data)
  if (drawn.get(root) === rows) return
  root.replaceChildren(table(data))
  drawn.set(root, rows)
  watched.get(root)?.disconnect()
  const watch = new ResizeObserver(() => fit(root, data.columns.length))
  watch.observe(root)
  watched.set(root, watch)
  fit(root, data.columns.length)
}

// By the number of columns and not by what they hold, so that the tables of one page change together.
function fit(root, columns) {
  root.classList.toggle("blocks", root.clientWidth > 0 && root.clientWidth < columns * ROOM)
}

function table({ columns, rows, label }) {
  const made = element("table", { role: "table", "aria-label": label })
  const head = element("tr", { role: "row" }, ...columns.map((name) => element("th", { role: "columnheader", scope: "col" }, name)))
  made.append(element("thead", { role: "rowgroup" }, head))
  made.append(element("tbody", { role: "rowgroup" }, ...rows.map((cells) => row(columns, cells))))
  return made
}

function row(columns, [name, ...cells]) {
  const made = element("tr", { role: "row" }, element("th", { role: "rowheader", scope: "row" }, name))
  cells.forEach((cell, place) => {
    const label = element("span", { class: "label", "aria-hidden": "true" }, columns[place + 1])
    made.append(element("td", { role: "cell", class: cell === DASH ? "nothing" : "" }, label, value(cell)))
  })
  return made
}

// "61 % of 84 (50–71)" may break before its bracket and nowhere else.
function value(text) {
  const parts = text.split(/ (?=\()/).map((part) => element("span", { class: "part" }, part))
  return element("span", {}, ...parts.flatMap((part, place) => (place ? [" ", part] : [part])))
}

function element(tag, attributes, ...children) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  made.append(...children)
  return made
}
