/* What is said of files on their way. */

export const SAYS = {
  waiting: "等待上传",
  checking: "已传完，正在检查文件",
  unlisted: "已上传，列表暂未更新。会自动重试，也可以点“刷新”，不用重新上传。",
  network: "网络中断，文件没有上传。请检查网络后点“重试”，不用重新选择。",
  slow: "网络太慢，文件没有上传。请换到信号好的地方后点“重试”，不用重新选择。",
  expired: "登录已过期，文件没有上传，仍保留在本页。请在新窗口登录后回到这里点“重试”。",
  gone: "没有找到这份申报或这个附件。请确认登录的是原来的账号，再点“重试”。",
  failed: "系统暂时没有办成，文件没有上传。请稍后点“重试”，不用重新选择。",
};

export function heading(moving, asking, stuck) {
  if (moving) {
    return "正在上传";
  }
  return asking ? "还要填 " + asking + " 项" : stuck ? "没有上传成功" : "列表暂未更新";
}
