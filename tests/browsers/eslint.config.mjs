// Syntax and built-ins up to ES2021, and web APIs, as Chromium 86 has them. Scripts run as they are written, as modules.
import js from "@eslint/js";
import compat from "eslint-plugin-compat";
import esX from "eslint-plugin-es-x";
import globals from "globals";

// "aggressive" judges methods by their name alone, and would take every array's forEach for an iterator's.
const younger = Object.entries(esX.configs["flat/restrict-to-es2021"].rules);
const restricted = younger.filter(([rule]) => !rule.includes("iterator-prototype"));

export default [
  {
    files: ["**/*.js"],
    languageOptions: { ecmaVersion: "latest", sourceType: "module", globals: globals.browser },
    plugins: { compat, "es-x": esX },
    settings: { browsers: ["chrome 86"], "es-x": { aggressive: true } },
    rules: {
      ...js.configs.recommended.rules,
      "compat/compat": "error",
      ...Object.fromEntries(restricted),
      "no-shadow": "error",
      "no-use-before-define": ["error", { functions: false }],
      complexity: ["error", 10],
      "max-lines-per-function": ["error", 50],
    },
  },
];
