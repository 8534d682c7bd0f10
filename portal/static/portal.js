// Saves an answer as it is chosen, and keeps it until the connection is back. Without this script the form does it all.
"use strict";
const form = document.querySelector("form[data-save]");
const status = form && form.querySelector("[role=status]");
let waiting = null, sending = false;

async function send() {
  if (sending || waiting === null) return;
  sending = true;
  const body = waiting;
  try {
    const reply = await fetch(form.dataset.save, { method: "POST", body: new URLSearchParams(body) });
    if (waiting === body) waiting = null;
    status.textContent = reply.ok ? form.dataset.saved : status.textContent;
  } catch {
    status.textContent = form.dataset.lost;
    setTimeout(send, 3000);
  }
  sending = false;
  if (waiting !== null && waiting !== body) send();
}

if (form) {
  form.addEventListener("change", () => { waiting = [...new FormData(form)]; send(); });
  window.addEventListener("online", send);
}
