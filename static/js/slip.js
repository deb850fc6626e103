/* An earlier slip: the range it covers is filled in from the file's name, else from what its text says. Without this
   script the years are typed. */

import { tokenOf } from "./csrf.js";
import { rangeIn } from "./evidence-guess.js";

const form = document.querySelector("[data-slip]");
const says = form.querySelector("[data-chosen]");

function fill(range, file) {
  ["from", "to"].forEach(function (name) {
    const field = form.querySelector('[name="prior_' + name + '"]');
    if (range && !field.dataset.typed) {
      field.value = range[name];
    }
  });
  says.textContent = "已选择：" + file.name + (range ? "。起止年度按文件填好了，请核对。" : "。请填写认定单上的起止年度。");
}

function look(file) {
  const body = new FormData();
  body.append("file", file, file.name);
  return fetch(form.dataset.look, {
    method: "POST", body: body, credentials: "same-origin", headers: { "X-CSRFToken": tokenOf(form) },
  }).then(function (answer) {
    return answer.ok ? answer.json() : {};
  }).then(function (told) {
    return told.from ? told : null;
  }).catch(function () {
    return null; // a line that is down says so when the form is sent
  });
}

form.addEventListener("input", function (event) {
  if (event.target.name.indexOf("prior_") === 0) {
    event.target.dataset.typed = "yes";
  }
});

function choose(input) {
  const file = input.files[0];
  if (!file) {
    return;
  }
  form.querySelectorAll('input[type="file"]').forEach(function (other) {
    if (other !== input) {
      other.value = ""; // one slip is one file
    }
  });
  const named = rangeIn(file.name);
  says.textContent = "已选择：" + file.name;
  if (named) {
    fill(named, file);
  } else {
    look(file).then(function (found) { fill(found, file); });
  }
}

form.addEventListener("change", function (event) {
  if (event.target.type === "file") {
    choose(event.target);
  }
});

/* On a slow line the file is there before this script is. */
form.querySelectorAll('input[type="file"]').forEach(choose);
form.classList.add("is-live");
