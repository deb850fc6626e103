/* 已决定，N 秒后生效: counts down by the page's own clock; without it the sentence names the moment. */

function words(seconds, then) {
  if (seconds <= 0) {
    return then === "后生效" ? "正在生效" : "即将开始";
  }
  const minutes = Math.floor(seconds / 60);
  return (minutes ? minutes + " 分 " : "") + (seconds % 60) + " 秒" + then;
}

export function countDown(box) {
  const until = performance.now() + Number(box.dataset.held) * 1000;
  const shown = box.querySelector("[data-held-left]");

  function tick() {
    const left = Math.ceil((until - performance.now()) / 1000);
    shown.textContent = words(left, box.dataset.heldThen || "后生效");
    if (left > 0) {
      window.setTimeout(tick, 1000);
    }
  }

  tick();
}

document.querySelectorAll("[data-held]").forEach(countDown);
