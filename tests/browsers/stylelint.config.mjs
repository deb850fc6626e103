// Properties, selectors, at-rules and words of values that Chromium 86 does not know are errors.
import plugin, { ruleName } from "./stylelint-chromium86.mjs";

export default { plugins: [plugin], rules: { [ruleName]: true } };
