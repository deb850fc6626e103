/* A case on the screen is claimed for ten minutes, and again while somebody looks at it. */

const EVERY = 4 * 60 * 1000;

function claim() {
  const form = document.querySelector("[data-claim]");
  if (!form || document.hidden) {
    return;
  }
  form.hidden = true; // without a script, or where it does not get through, the button does it
  fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Claim": "1" } })
    .then(function (answer) {
      form.hidden = answer.status === 204;
    })
    .catch(function () {
      form.hidden = false;
    });
}

window.setInterval(claim, EVERY);
document.addEventListener("visibilitychange", claim);

export { claim };
