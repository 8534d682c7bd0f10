// Saves an answer as it is chosen, and keeps it until the connection is back. Without this script the form does it all.
"use strict";
const form = document.querySelector("form[data-save]");
const status = form && form.querySelector("[role=status]");
const WAIT = 3000; // ms between two tries while there is no connection
let waiting = null, sending = null;

// One request at a time, the newest answer only; the key of the page makes a repeated request harmless.
async function push() {
  while (waiting !== null) {
    const body = waiting;
    try {
      const reply = await fetch(form.dataset.save, { method: "POST", body: new URLSearchParams(body) });
      if (waiting === body) waiting = null;
      status.textContent = reply.ok ? form.dataset.saved : form.dataset.refused;
    } catch {
      status.textContent = form.dataset.lost;
      return false;
    }
  }
  return true;
}

function send() {
  sending = sending || push().then(done => { sending = null; if (!done) setTimeout(send, WAIT); return done; });
  return sending;
}

if (form) {
  // Every choice has a key of its own: choosing 7, then 3, then 7 again is three answers; one sent twice is one.
  const key = form.elements.key, page = key.value;
  let choices = 0;
  window.addEventListener("pageshow", event => { if (event.persisted) choices += 1000; });
  form.addEventListener("change", () => { key.value = `${page}.${++choices}`; waiting = [...new FormData(form)]; send(); });
  window.addEventListener("online", send);
  // Next without a connection would leave this page for the browser's own "no connection" page: stay here instead.
  form.addEventListener("submit", event => {
    if (navigator.onLine) return;
    event.preventDefault();
    status.textContent = form.dataset.lost;
  });
}
