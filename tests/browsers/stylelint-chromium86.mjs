// Stylelint's side of younger-styles.mjs.
import stylelint from "stylelint";

import { forYounger, inAtRule, inDeclaration, inSelector } from "./younger-styles.mjs";

export const ruleName = "cehours/chromium-86";
const messages = stylelint.utils.ruleMessages(ruleName, { lacks: (what) => `Chromium 86 lacks ${what}` });

const FRAME = /^(from|to|[\d.]+%|[,\s])+$/;

const excused = (node) => {
  for (let above = node.parent; above; above = above.parent) {
    if (above.type === "atrule" && forYounger(above)) return true;
  }
  return false;
};

const atRuleAround = (node) => (node.parent.type === "atrule" ? node.parent.name.toLowerCase() : "");

function lacking(node) {
  if (node.type === "decl") return inDeclaration(node.prop, node.value, atRuleAround(node));
  if (node.type === "atrule") return inAtRule(node);
  if (node.type !== "rule") return [];
  if (/keyframes$/.test(atRuleAround(node))) return FRAME.test(node.selector) ? [] : [node.selector];
  return node.parent.type === "rule" ? ["a rule inside a rule"] : inSelector(node.selector);
}

const rule = (enabled) => (root, result) => {
  if (!enabled) return;
  root.walk((node) => {
    for (const what of excused(node) ? [] : new Set(lacking(node))) {
      stylelint.utils.report({ ruleName, result, node, message: messages.lacks(what) });
    }
  });
};
rule.ruleName = ruleName;
rule.messages = messages;

export default stylelint.createPlugin(ruleName, rule);
