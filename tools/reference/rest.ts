import { contract, type RouteContract } from "../../src/service/server/index.ts";
import { code, page, table } from "./markdown.ts";

type Property = {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
};

/** Every route of the service, from the contract, by group. */
export function renderRest(): string {
  const routes = Object.values<RouteContract>(contract);
  const tags = [...new Set(routes.map(({ tag }) => tag))];
  return page(
    "# REST",
    "The service serves the same contract as OpenAPI 3.1, with the schemas of every body and answer, at `/openapi.json`, and as a " +
      "page at `/docs`. A key needs one of the scopes in the table; `admin` includes the others.",
    ...tags.flatMap((tag) =>
      renderGroup(
        tag,
        routes.filter((route) => route.tag === tag),
      ),
    ),
  );
}

function renderGroup(tag: string, routes: readonly RouteContract[]): string[] {
  const rows = routes.map(({ method, path, scope, status, summary }) => [
    code(method),
    code(path),
    [scope].flat().join(", "),
    `${status}`,
    summary,
  ]);
  const queries = routes.flatMap(({ method, path, query }) =>
    Object.entries(propertiesOf(query)).map(([name, property]) => [
      `${code(method)} ${code(path)}`,
      code(name),
      rangeOf(property),
      property.default === undefined || property.default === "" ? "" : code(String(property.default)),
      property.description ?? "",
    ]),
  );
  return [
    `## ${tag[0]?.toUpperCase()}${tag.slice(1)}`,
    table(["method", "path", "scope", "success", "what it does"], rows),
    ...(queries.length === 0 ? [] : [table(["route", "query", "values", "default", "meaning"], queries)]),
    ...examplesOf(routes),
  ];
}

function propertiesOf(schema: object = {}): Readonly<Record<string, Property>> {
  return "properties" in schema ? (schema.properties as Readonly<Record<string, Property>>) : {};
}

function rangeOf({ enum: values, maximum, minimum, type = "" }: Property): string {
  if (values !== undefined) return values.map((value) => code(String(value))).join(", ");
  if (minimum !== undefined && maximum !== undefined) return `${type}, ${minimum} to ${maximum}`;
  return type;
}

function examplesOf(routes: readonly RouteContract[]): string[] {
  return routes.flatMap(({ body = {}, method, path }) => {
    const examples = "examples" in body ? (body.examples as readonly unknown[]) : [];
    return examples.map(
      (example) => `Body of ${code(method)} ${code(path)}, for example: ${code(JSON.stringify(example))}`,
    );
  });
}
