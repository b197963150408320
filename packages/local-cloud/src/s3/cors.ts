import { S3Error } from "./errors.ts";
import { type Exchange, send } from "./exchange.ts";
import type { Bucket } from "./store.ts";
import { elements, texts } from "./xml.ts";

type CorsRule = {
  origins: string[];
  methods: string[];
  headers: string[];
  exposed: string[];
  maxAgeSeconds: string | undefined;
};

export function parseCorsRules(xml: string): CorsRule[] {
  return elements(xml, "CORSRule").map((rule) => ({
    origins: texts(rule, "AllowedOrigin"),
    methods: texts(rule, "AllowedMethod"),
    headers: texts(rule, "AllowedHeader").map((header) => header.toLowerCase()),
    exposed: texts(rule, "ExposeHeader"),
    maxAgeSeconds: texts(rule, "MaxAgeSeconds")[0],
  }));
}

/** Tells the browser what the bucket's rules allow for this request. */
export function applyCors(exchange: Exchange, bucket: Bucket | undefined): void {
  const { request, response, method } = exchange;
  const { origin } = request.headers;
  const rule = findRule(exchange, bucket, method);
  if (!origin || !rule) return;
  response.setHeader("access-control-allow-origin", allowedOrigin(rule, origin));
  response.setHeader("vary", "Origin");
  if (rule.exposed.length > 0) {
    response.setHeader("access-control-expose-headers", rule.exposed.join(", "));
  }
}

/** Answers the browser's question before the request, which is never signed. */
export function answerPreflight(exchange: Exchange, bucket: Bucket | undefined): void {
  const { request } = exchange;
  const origin = request.headers.origin ?? "";
  const method = String(request.headers["access-control-request-method"] ?? "");
  const wanted = String(request.headers["access-control-request-headers"] ?? "")
    .split(",")
    .map((header) => header.trim().toLowerCase())
    .filter((header) => header !== "");
  const rule = findRule(exchange, bucket, method);
  if (!rule || !wanted.every((header) => allowsHeader(rule, header))) {
    throw new S3Error("AccessForbidden", 403, "This CORS request is not allowed.");
  }
  send(exchange, 200, "", {
    "access-control-allow-origin": allowedOrigin(rule, origin),
    "access-control-allow-methods": rule.methods.join(", "),
    ...(wanted.length > 0 ? { "access-control-allow-headers": wanted.join(", ") } : {}),
    ...(rule.maxAgeSeconds ? { "access-control-max-age": rule.maxAgeSeconds } : {}),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  });
}

function findRule({ server, request }: Exchange, bucket: Bucket | undefined, method: string) {
  const { origin } = request.headers;
  if (!origin || !bucket) return undefined;
  const { corsXml } = bucket.settings;
  const rules = corsXml ? parseCorsRules(corsXml) : [defaultRule(server.allowOrigins)];
  return rules.find(
    (rule) =>
      rule.methods.includes(method) && rule.origins.some((pattern) => matches(pattern, origin)),
  );
}

function defaultRule(origins: string[]): CorsRule {
  return {
    origins,
    methods: ["GET", "HEAD", "PUT", "POST", "DELETE"],
    headers: ["*"],
    exposed: ["ETag", "Content-Length", "Content-Range"],
    maxAgeSeconds: "300",
  };
}

const allowsHeader = (rule: CorsRule, header: string) =>
  rule.headers.some((pattern) => matches(pattern, header));

const allowedOrigin = (rule: CorsRule, origin: string) =>
  rule.origins.includes("*") ? "*" : origin;

/** A pattern holds at most one star, as in S3. */
function matches(pattern: string, text: string): boolean {
  const [start = "", end] = pattern.split("*");
  if (end === undefined) return pattern === text;
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}
