// Exercise as weeks × weekdays of squares: filled done, pale partly, hollow not done, a dash for no report.
// textContent only; the words of each square are its text for a screen reader.

const drawn = new WeakMap() // root → what it shows, as text

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".exercise")
  const shown = JSON.stringify(data)
  if (drawn.get(root) !== shown) {
    root.replaceChildren(table(data), key(data.key))
    drawn.set(root, shown)
  }
  const colours = getComputedStyle(root).getPropertyValue("--st-chart-categorical-colors").split(",")
  root.style.setProperty("--partly", colours[1])
}

function table({ label, weeks, weekdays }) {
  const whole = element("table", { "aria-label": label })
  const body = element("tbody")
  weekdays.forEach((weekday, place) => {
    const line = element("tr")
    line.append(element("th", { scope: "row", class: place % 6 ? "unseen" : "" }, weekday))
    for (const week of weeks) line.append(square(week.days[place]))
    body.append(line)
  })
  const foot = element("tr")
  foot.append(element("th", { scope: "row", class: "unseen" }, "Week"))
  for (const week of weeks) foot.append(element("td", { class: "number" }, week.name))
  body.append(foot)
  whole.append(body)
  return whole
}

function square(day) {
  const cell = element("td", { title: day.words })
  if (day.state) cell.append(element("span", { class: `square ${day.state}`, "aria-hidden": "true" }))
  cell.append(element("span", { class: "unseen" }, day.words))
  return cell
}

function key(entries) {
  const list = element("ul", { "aria-hidden": "true" })
  for (const [state, words] of entries) {
    const entry = element("li")
    entry.append(element("span", { class: `square ${state}` }), element("span", {}, words))
    list.append(entry)
  }
  return list
}

function element(tag, attributes = {}, text) {
  const made = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value)
  if (text !== undefined) made.textContent = text
  return made
}
