/* The token that goes with every POST. Signing in anew changes it, while the page still shows the old session's. */

const FIELDS = 'input[name="csrfmiddlewaretoken"]';

export function tokenOf(form) {
  return form.querySelector(FIELDS).value;
}

/* Every form of the page, and what htmx sends, go on with the new token. */

export function renewToken(token) {
  document.querySelectorAll(FIELDS).forEach(function (field) {
    field.value = token;
  });
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
}
