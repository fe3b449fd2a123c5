import { contract, type RouteContract } from "./contract/index.ts";

const routes = Object.values<RouteContract>(contract).map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replace(/:\w+/g, "[^/]+")}$`),
}));

/** Methods that an address has, in the order of the contract; none for an address that the contract does not know. */
export function methodsOf(path: string): string[] {
  const methods = routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
  return [...new Set(methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])))];
}
