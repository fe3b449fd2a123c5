/** Names that help pages list. This file imports nothing, so that a help page loads no database. */

/** What API keys can allow. */
export const keyScopes = ["read", "enroll", "admin"] as const;
/** "read": list and search; "enroll": add people and templates, and nothing else; "admin": all. */
export type KeyScope = (typeof keyScopes)[number];
