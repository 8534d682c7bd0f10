// Copy and print a patient's link. textContent only: a name is never parsed as HTML.

// One sheet, whatever the paper; the address in a face that tells 1, l and I apart, broken where a line ends.
const PAPER = `
  @page { margin: 20mm }
  body { font: 18px/1.5 sans-serif; color: black; background: white; max-width: 32rem; margin: 2rem auto; break-inside: avoid }
  h1 { font-size: 26px; line-height: 1.25 }
  .address { font: 20px/1.6 monospace; overflow-wrap: anywhere; border: 1px solid; border-radius: 6px; padding: 16px }
`

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".link-card")
  const copy = button(data.copy_label, "primary", () => copied(copy, data))
  root.replaceChildren(copy, button("Print", "", () => print(data)))
}

function button(label, kind, onclick) {
  const made = document.createElement("button")
  Object.assign(made, { type: "button", className: kind, textContent: label, onclick })
  return made
}

async function copied(copy, data) {
  try {
    await navigator.clipboard.writeText(data.address)
    copy.textContent = "Copied"
  } catch {
    copy.textContent = "Not copied: select the link above" // no clipboard outside https
  }
  setTimeout(() => (copy.textContent = data.copy_label), 4000)
}

function print(data) {
  const frame = document.createElement("iframe")
  frame.style.cssText = "position:fixed;width:0;height:0;border:0"
  frame.title = "Card to print"
  document.body.append(frame)
  const page = frame.contentDocument
  page.title = data.heading
  page.documentElement.lang = data.language
  const style = page.createElement("style")
  style.textContent = PAPER
  page.head.append(style)
  page.body.append(line(page, "h1", data.heading), line(page, "p", data.how))
  page.body.append(line(page, "p", data.address, "address"), line(page, "p", data.until))
  frame.contentWindow.onafterprint = () => frame.remove()
  frame.contentWindow.print()
}

function line(page, tag, text, className = "") {
  const made = page.createElement(tag)
  return Object.assign(made, { textContent: text, className })
}
