/* A case on the screen is claimed for ten minutes, and again while somebody looks at it. */

const EVERY = 4 * 60 * 1000;
const form = document.querySelector("[data-claim]");

function claim() {
  if (document.hidden) {
    return;
  }
  fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Claim": "1" } })
    .then(function (answer) {
      if (answer.status === 204) {
        form.hidden = true;
      }
    })
    .catch(function () {});
}

if (form) {
  claim();
  window.setInterval(claim, EVERY);
  document.addEventListener("visibilitychange", claim);
}
