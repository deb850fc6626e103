/* Counts a deadline down by the server's clock: the page says how long is left, the phone's clock is never asked. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SPOKEN = [DAY, HOUR, 30 * MINUTE, 10 * MINUTE, 5 * MINUTE, MINUTE];

function inWords(left) {
  const days = Math.floor(left / DAY);
  const hours = Math.floor((left % DAY) / HOUR);
  const minutes = Math.floor((left % HOUR) / MINUTE);
  const seconds = Math.floor((left % MINUTE) / SECOND);
  if (days) {
    return days + " 天 " + hours + " 小时";
  }
  return hours ? hours + " 小时 " + minutes + " 分" : minutes + " 分 " + seconds + " 秒";
}

function end(banner, opening) {
  const says = opening ? "申报已经开始，请刷新页面后提交。" : "已到截止时间，不能再提交；已填写的内容都已保存。";
  banner.querySelector("[data-left]").textContent = opening ? "已开始" : "已截止";
  banner.querySelector("[data-spoken]").textContent = says;
  banner.querySelector(".deadline-text").textContent = says;
  banner.classList.add("deadline-look");
}

function start(banner) {
  const shown = banner.querySelector("[data-left]");
  const spoken = banner.querySelector("[data-spoken]");
  const opening = banner.dataset.phase === "before";
  let target = performance.now() + Number(banner.dataset.countdown);
  let waiting = 0;
  let last = target - performance.now();

  function tick() {
    window.clearTimeout(waiting);
    const left = target - performance.now();
    if (left <= 0) {
      end(banner, opening);
      return;
    }
    const words = (opening ? "距开始还有 " : "还有 ") + inWords(left);
    if (shown.textContent !== words) {
      shown.textContent = words;
    }
    if (SPOKEN.some(function (step) { return last > step && left <= step; })) {
      spoken.textContent = words;
    }
    last = left;
    const step = left > DAY ? MINUTE : SECOND;
    waiting = window.setTimeout(tick, Math.min(left, left % step || step));
  }

  /* A phone that slept did not count on: when the page is seen again, the server is asked for the time. */
  function ask() {
    return fetch(banner.dataset.clock, {method: "HEAD", cache: "no-store"}).then(function (answer) {
      return Date.parse(answer.headers.get("Date"));
    });
  }

  document.addEventListener("visibilitychange", function () {
    if (!document.hidden) {
      ask().then(function (now) {
        target = performance.now() + Number(banner.dataset.target) - now;
        tick();
      }).catch(function () {});
    }
  });

  tick();
}

document.querySelectorAll("[data-countdown]").forEach(function (banner) {
  if (banner.querySelector("[data-left]")) {
    start(banner);
  }
});
