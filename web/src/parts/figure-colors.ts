/** Adds the colors of the reports' figures, light and dark, to the page; imported by elements of the class `figure`. */
import { figureStyleSheet } from "../../../src/measure/report/index.ts";

const colors = new CSSStyleSheet();
colors.replaceSync(figureStyleSheet);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, colors];
