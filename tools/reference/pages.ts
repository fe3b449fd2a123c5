/**
 * The pages of docs/reference/, each rendered from the declarations that the code itself uses. `npm run docs:reference`
 * writes them, and test/reference.test.ts compares what is committed with what the code renders.
 */
import { renderCommands } from "./commands.ts";
import { renderErrors } from "./errors.ts";
import { renderLosses } from "./losses.ts";
import { renderNetworks } from "./networks.ts";
import { renderProtocols } from "./protocols.ts";
import { renderRest } from "./rest.ts";
import { renderSettings } from "./settings.ts";

/** Gives a page's Markdown. */
export type Render = () => string | Promise<string>;

/** The renderer of each page, by the page's name: `losses` is docs/reference/losses.md. */
export const pages: Readonly<Record<string, Render>> = {
  commands: renderCommands,
  errors: renderErrors,
  losses: renderLosses,
  networks: renderNetworks,
  protocols: renderProtocols,
  rest: renderRest,
  settings: renderSettings,
};
