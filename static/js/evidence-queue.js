/* Sends evidence files one after another and keeps each in the list until the server has it or the person removes it.

   Other scripts ask by the event evidence:send {file, url, name, fields, kind, refusal, needsLabel} and hear
   evidence:arrived {name}. Before anything is sent again, evidence:refresh {done(state)} brings the page up to date. */

import { tokenOf } from "./csrf.js";
import { heading, SAYS } from "./evidence-words.js";

const STALLED = 60000;
const ANSWERED_WITHIN = 180000;
const SETTLED = ["failed", "refused", "asking", "unlisted"];
const LIST_AGAIN = 5000;
const items = [];
let answering = false;
let listTimer = 0;
let running = null;
let number = 0;

const form = document.getElementById("upload");
const section = document.getElementById("sending");
const template = document.getElementById("sending-item");
const list = section.querySelector(".sending-list");

/* failed and refused: it did not arrive. asking: something must be said of it first. unlisted: it arrived, and the list
   of the page does not show it yet. */
function show(item, state, says) {
  const part = function (name) { return item.row.querySelector("[data-" + name + "]"); };
  const settled = SETTLED.indexOf(state) >= 0;
  item.state = state;
  item.row.className = "sent sent-" + state;
  part("says").textContent = says;
  part("retry").hidden = !settled || item.final || state === "unlisted";
  part("again").textContent = state === "asking" ? "上传" : "重试";
  part("refresh").hidden = state !== "unlisted";
  part("login").hidden = says !== SAYS.expired;
  part("label").hidden = !(settled && item.needsLabel) || state === "unlisted";
  part("cancel").hidden = state === "unlisted";
  part("word").textContent = settled ? "移除" : "取消";
  item.row.querySelector("progress").hidden = settled;
  count();
}

function those(states) {
  return items.filter(function (item) { return states.indexOf(item.state) >= 0; });
}

function count() {
  const open = items.filter(function (item) { return item.state !== "gone"; });
  const done = those(["done", "unlisted"]).length;
  const stuck = those(["failed", "refused"]).length;
  const asking = those(["asking"]).length;
  const moving = open.length - done - stuck - asking;
  const bytes = function (of) { return open.reduce(function (sum, item) { return sum + of(item); }, 0); };
  const all = bytes(function (item) { return item.file.size; }) || 1;
  const sent = bytes(function (item) { return item.state === "done" ? item.file.size : item.sent; });
  const percent = Math.floor((sent / all) * 100);
  const answer = stuck + asking > 0;
  section.hidden = moving + stuck + asking + those(["unlisted"]).length === 0;
  section.classList.toggle("sending-stuck", stuck > 0);
  section.classList.toggle("sending-asking", answer);
  section.querySelector("h2").textContent = heading(moving, asking, stuck);
  section.querySelector(".progress").hidden = moving === 0;
  section.querySelector(".progress progress").value = percent;
  section.querySelector("[data-percent]").textContent = percent + "%";
  section.querySelector("[data-all]").textContent =
    "已完成 " + done + " 个，共 " + open.length + " 个" + (stuck ? "，" + stuck + " 个没有成功" : "");
  section.querySelector("[data-clear]").hidden = stuck + asking < 2;
  form.dataset.waiting = bytes(function (item) { return ["waiting", "sending", "asking"].indexOf(item.state) >= 0 ? item.file.size : 0; });
  if (answer && !answering) {
    section.scrollIntoView({ block: "nearest" });
  }
  answering = answer;
  if (section.hidden) {
    items.length = 0;
  }
}

function add(asked) {
  number += 1;
  const row = template.content.firstElementChild.cloneNode(true);
  const item = Object.assign({ row: row, state: "", sent: 0, before: null, renewed: false }, asked);
  item.final = Boolean(asked.refusal) && !asked.needsLabel;
  row.querySelectorAll("[id], [for]").forEach(function (element) {
    ["id", "for"].forEach(function (name) {
      if (element.hasAttribute(name)) {
        element.setAttribute(name, element.getAttribute(name) + "-" + number);
      }
    });
  });
  row.dataset.given = item.given || "";
  row.querySelector("[data-name]").textContent = item.name;
  row.querySelector("[data-kind]").textContent = item.kind || "";
  row.querySelector("progress").setAttribute("aria-label", item.name + "的上传进度");
  row.querySelector("[data-login]").href = form.dataset.login;
  row.querySelectorAll("[data-of]").forEach(function (element) { element.textContent = item.name; });
  row.querySelector("[data-retry]").addEventListener("click", function () { retry(item); });
  row.querySelector("[data-refresh]").addEventListener("click", listAgain);
  row.querySelector("[data-cancel]").addEventListener("click", function () { remove(item); });
  items.push(item);
  list.appendChild(row);
  if (asked.needsLabel) {
    const select = row.querySelector("[data-label] select");
    select.value = item.fields["row-0-kind"];
    ["from", "to"].forEach(function (name) {
      row.querySelector('[data-label] [name="' + name + '"]').value = item.fields["row-0-" + name];
    });
    window.setTimeout(function () { select.dispatchEvent(new Event("change", { bubbles: true })); });
  }
  if (asked.refusal) {
    show(item, asked.needsLabel ? "asking" : "refused", asked.refusal);
    say(item.name + "：" + asked.refusal);
  } else {
    show(item, "waiting", SAYS.waiting);
    next();
  }
}

function say(words) {
  document.getElementById("evidence-says").textContent = words;
}

function next() {
  const item = items.find(function (each) { return each.state === "waiting"; });
  if (!running && item) {
    send(item);
  }
}

function send(item) {
  const xhr = new XMLHttpRequest();
  const body = new FormData();
  running = item;
  item.sent = 0;
  item.xhr = xhr;
  item.before = item.before || papers();
  Object.keys(item.fields).forEach(function (name) {
    [].concat(item.fields[name]).forEach(function (value) { body.append(name, value); });
  });
  body.append(item.field, item.file, item.file.name);
  xhr.open("POST", item.url);
  xhr.setRequestHeader("Accept", "application/json");
  xhr.setRequestHeader("X-CSRFToken", tokenOf(form));
  xhr.upload.addEventListener("progress", function (event) {
    watch(item, STALLED);
    moved(item, event);
  });
  xhr.upload.addEventListener("load", function () {
    watch(item, ANSWERED_WITHIN);
    item.row.querySelector("[data-says]").textContent = SAYS.checking;
  });
  xhr.addEventListener("load", function () { answered(item, xhr); });
  xhr.addEventListener("error", function () { stop(item, "failed", SAYS.network); });
  xhr.addEventListener("abort", function () {
    if (item.state !== "gone") {
      stop(item, "failed", SAYS.slow);
    }
  });
  show(item, "sending", "正在上传");
  watch(item, STALLED);
  xhr.send(body);
}

function watch(item, within) {
  window.clearTimeout(item.timer);
  item.timer = window.setTimeout(function () { item.xhr.abort(); }, within);
}

function moved(item, event) {
  const share = event.lengthComputable && event.total ? event.loaded / event.total : 0;
  item.sent = share * item.file.size;
  item.row.querySelector("progress").value = Math.floor(share * 100);
  item.row.querySelector("[data-says]").textContent = "正在上传 " + Math.floor(share * 100) + "%";
  count();
}

/* What the server said, or null where a page came instead: to sign in, or an error's. */
function toldBy(xhr) {
  try {
    return JSON.parse(xhr.responseText);
  } catch {
    return null;
  }
}

function answered(item, xhr) {
  const told = toldBy(xhr);
  if (told && xhr.status === 200) {
    arrived(item);
  } else if (told && told.says) {
    stop(item, "refused", told.says);
  } else if (xhr.responseURL.indexOf(form.dataset.login) >= 0) {
    stop(item, "failed", SAYS.expired);
  } else if (xhr.status === 403 && !item.renewed) {
    item.renewed = true; // signed in anew in another tab: the page's token is of the old session
    stop(item, "failed", SAYS.failed);
    retry(item);
  } else if (xhr.status === 404) {
    stop(item, "failed", SAYS.gone);
  } else if (xhr.status === 413) {
    stop(item, "failed", JSON.parse(form.dataset.checks).tooLarge);
  } else {
    stop(item, "failed", SAYS.failed);
  }
}

function stop(item, state, says) {
  window.clearTimeout(item.timer);
  running = null;
  item.sent = 0;
  show(item, state, says);
  say(item.name + "：" + says);
  next();
}

/* The server has it. It leaves the list of those on their way when the page shows it among those that are there. */
function arrived(item) {
  window.clearTimeout(item.timer);
  running = running === item ? null : running;
  item.sent = item.file.size;
  show(item, "unlisted", SAYS.unlisted);
  listAgain();
  next();
}

function listed() {
  those(["unlisted"]).forEach(function (item) {
    item.row.remove();
    item.state = "done";
    document.dispatchEvent(new CustomEvent("evidence:arrived", { detail: { name: item.name } }));
  });
  count();
}

/* Asked for until it comes: by itself, by the button, and at once when the line is back. */
function listAgain() {
  window.clearTimeout(listTimer);
  if (!those(["unlisted"]).length) {
    return;
  }
  document.dispatchEvent(new CustomEvent("evidence:refresh", { detail: { done: function (state) {
    if (state === "ok") {
      listed();
      return;
    }
    those(["unlisted"]).forEach(function (item) {
      item.row.querySelector("[data-says]").textContent = SAYS.unlisted;
      item.row.querySelector("[data-login]").hidden = state !== "expired";
    });
    say(SAYS.unlisted);
    listTimer = window.setTimeout(listAgain, LIST_AGAIN);
  } } }));
}

window.addEventListener("online", listAgain);

function papers() {
  return Array.from(document.querySelectorAll("[data-paper]")).map(function (tile) { return tile.dataset.paper; });
}

/* The answer may have been lost, not the file: it is looked for before it is sent a second time. */
function retry(item) {
  const label = item.row.querySelector("[data-label]");
  if (item.needsLabel) {
    label.querySelectorAll("select, input").forEach(function (control) {
      const on = control.type === "checkbox" ? (control.checked ? "yes" : "") : control.value;
      item.fields["row-0-" + control.name] = on;
    });
    item.fields["row-0-guessed"] = "";
  }
  show(item, "waiting-for-page", SAYS.waiting);
  document.dispatchEvent(new CustomEvent("evidence:refresh", { detail: { done: function (state) {
    if (state !== "ok") {
      show(item, "failed", SAYS[state]);
      return;
    }
    const stem = function (name) { return name.replace(/\.[^.]*$/, ""); }; // a photograph may be kept as JPG
    const there = Array.from(document.querySelectorAll("[data-paper]")).some(function (tile) {
      return item.before && item.before.indexOf(tile.dataset.paper) < 0 && stem(tile.dataset.name) === stem(item.file.name);
    });
    if (there) {
      item.state = "unlisted";
      listed();
    } else {
      show(item, "waiting", SAYS.waiting);
      next();
    }
  } } }));
}

function remove(item) {
  const sending = running === item;
  item.state = "gone";
  window.clearTimeout(item.timer);
  if (sending) {
    running = null;
    item.xhr.abort();
  }
  item.row.remove();
  say(item.name + "：已取消，没有上传。");
  count();
  document.getElementById("papers-title").focus();
  next();
}

section.querySelector("[data-clear]").addEventListener("click", function () {
  those(["failed", "refused", "asking"]).forEach(remove);
});

document.addEventListener("evidence:send", function (event) { add(event.detail); });

window.addEventListener("beforeunload", function (event) {
  if (items.some(function (item) { return item.state !== "done" && item.state !== "unlisted" && item.state !== "gone" && !item.final; })) {
    event.preventDefault();
    event.returnValue = "";
  }
});
