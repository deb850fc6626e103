/* Passwords: 显示密码, and what was typed outlives an error in another field. The form is sent in the background, so
   that a password stays in this page's memory: it is neither written into a page nor kept by the server or the tab. */

const typed = new Map();

function label(button, shown) {
  button.textContent = shown ? "隐藏密码" : "显示密码";
  button.setAttribute("aria-pressed", String(shown));
}

function prepare(root) {
  root.querySelectorAll("[data-show-password]").forEach(function (button) {
    button.hidden = false;
  });
}

document.addEventListener("click", function (event) {
  const button = event.target.closest("[data-show-password]");
  if (!button) {
    return;
  }
  const field = document.getElementById(button.getAttribute("aria-controls"));
  const shown = field.type === "password";
  field.type = shown ? "text" : "password";
  label(button, shown);
});

document.addEventListener("htmx:beforeSwap", function (event) {
  typed.clear();
  event.target.querySelectorAll("[data-password]").forEach(function (field) {
    typed.set(field.id, field.value);
  });
});

document.addEventListener("htmx:afterSwap", function (event) {
  document.querySelectorAll("[data-password]").forEach(function (field) {
    // What was wrong with a password is said beside it, and it is typed anew.
    if (field.getAttribute("aria-invalid") !== "true" && typed.has(field.id)) {
      field.value = typed.get(field.id);
    }
  });
  typed.clear();
  prepare(event.target);
});

document.addEventListener("DOMContentLoaded", function () {
  prepare(document);
});
