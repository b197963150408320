/** Where the dev server sends API calls: the origin of apps/server, without a trailing slash. */
export const apiUrl = process.env.API_URL ?? "http://127.0.0.1:4000";
