import "./style/tokens.css";
import "./style/base.css";
import "./style/shell.css";
import "./style/controls.css";
import "./style/blocks.css";
import "./style/faces.css";
import "./style/pages.css";
import { render } from "preact";
import { App } from "./app.tsx";

render(<App />, document.querySelector("#app")!);
