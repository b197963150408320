import { accessDenied, entityTooLarge, S3Error, signatureMismatch } from "./errors.ts";
import { hmac, resolveCredential, sameText, type Verifier } from "./signature.ts";

/** Lower-case names of a form's fields, before its file. */
export type FormFields = Record<string, string>;

type Condition = Record<string, string> | [string, string | number, string | number];
type Policy = { expiration: string; conditions: Condition[] };

/** Fields that say who signed, and therefore need not be covered by what was signed. */
const UNCOVERED = ["policy", "x-amz-signature", "file", "awsaccesskeyid"];

/**
 * Verifies the signed policy of a browser's upload and holds the form to it. Throws S3Error when a
 * condition fails, and when a field comes that no condition names.
 */
export function verifyPostPolicy(
  verifier: Verifier,
  bucketName: string,
  fields: FormFields,
  byteSize: number,
): void {
  const policy = readSignedPolicy(verifier, fields);
  if (!(Date.parse(policy.expiration) > verifier.now())) {
    throw accessDenied("Invalid according to Policy: Policy expired.");
  }
  const covered = new Set(UNCOVERED);
  for (const condition of policy.conditions) {
    if (Array.isArray(condition) && condition[0] === "content-length-range") {
      checkSize(byteSize, Number(condition[1]), Number(condition[2]));
      continue;
    }
    for (const [name, holds] of readCondition(condition)) {
      covered.add(name);
      if (holds(name === "bucket" ? bucketName : (fields[name] ?? ""))) continue;
      const failed = JSON.stringify(condition);
      throw accessDenied(`Invalid according to Policy: Policy Condition failed: ${failed}`);
    }
  }
  for (const name of Object.keys(fields)) {
    if (covered.has(name) || name.startsWith("x-ignore-")) continue;
    throw accessDenied(`Invalid according to Policy: Extra input fields: ${name}`);
  }
}

function readSignedPolicy(verifier: Verifier, fields: FormFields): Policy {
  const { policy, "x-amz-credential": credential, "x-amz-signature": signature } = fields;
  if (!policy) throw accessDenied();
  const { signingKey } = resolveCredential(verifier, credential ?? "");
  const expected = hmac(signingKey, policy).toString("hex");
  if (!sameText(expected, signature ?? "")) throw signatureMismatch();
  try {
    const parsed = JSON.parse(Buffer.from(policy, "base64").toString()) as Policy;
    if (Array.isArray(parsed.conditions)) return parsed;
  } catch {
    // Falls through to the refusal below: a signed text that is no policy allows nothing.
  }
  throw new S3Error("InvalidPolicyDocument", 400, "Invalid Policy: not a policy document.");
}

function checkSize(byteSize: number, min: number, max: number): void {
  if (byteSize > max) throw entityTooLarge(max);
  if (byteSize >= min) return;
  const message = "Your proposed upload is smaller than the minimum allowed size";
  throw new S3Error("EntityTooSmall", 400, message);
}

type NamedTest = [name: string, holds: (value: string) => boolean];

/** `{"acl": "private"}`, `["eq", "$acl", "private"]` or `["starts-with", "$key", "user/1/"]`. */
function readCondition(condition: Condition): NamedTest[] {
  if (!Array.isArray(condition)) {
    return Object.entries(condition).map(([name, expected]) => [
      name.toLowerCase(),
      (value) => value === expected,
    ]);
  }
  const [operator, field, operand] = condition;
  const name = String(field).replace(/^\$/, "").toLowerCase();
  const expected = String(operand);
  if (operator === "eq") return [[name, (value) => value === expected]];
  if (operator === "starts-with") return [[name, (value) => value.startsWith(expected)]];
  throw new S3Error("InvalidPolicyDocument", 400, `Invalid Policy: unknown operator ${operator}`);
}
