// Copy and print a patient's link. textContent only: a name is never parsed as HTML.

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
  page.body.style.cssText = "font-family:sans-serif;max-width:32rem;margin:3rem auto;line-height:1.5"
  page.body.append(line(page, "h1", data.heading, ""), line(page, "p", data.how, ""))
  page.body.append(line(page, "p", data.address, "font:18px monospace;word-break:break-all;border:1px solid;padding:1rem"))
  page.body.append(line(page, "p", data.until, ""))
  frame.contentWindow.onafterprint = () => frame.remove()
  frame.contentWindow.print()
}

function line(page, tag, text, style) {
  const made = page.createElement(tag)
  made.textContent = text
  made.style.cssText = style
  return made
}
