/** A refusal in S3's own words: SDKs read the code, people the message. */
export class S3Error extends Error {
  readonly code: string;
  readonly status: number;
  /** Further elements of the error document, already XML. */
  readonly details: string;

  constructor(code: string, status: number, message: string, details = "") {
    super(message);
    this.name = "S3Error";
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

export const accessDenied = (message = "Access Denied") =>
  new S3Error("AccessDenied", 403, message);

export const signatureMismatch = (details = "") =>
  new S3Error(
    "SignatureDoesNotMatch",
    403,
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    details,
  );

export const noSuchKey = () => new S3Error("NoSuchKey", 404, "The specified key does not exist.");

export const preconditionFailed = () =>
  new S3Error(
    "PreconditionFailed",
    412,
    "At least one of the pre-conditions you specified did not hold",
  );

export const entityTooLarge = (maxBytes: number) =>
  new S3Error(
    "EntityTooLarge",
    400,
    "Your proposed upload exceeds the maximum allowed size",
    `<MaxSizeAllowed>${maxBytes}</MaxSizeAllowed>`,
  );

export const malformedXml = (message: string) => new S3Error("MalformedXML", 400, message);

export const invalidArgument = (message: string) => new S3Error("InvalidArgument", 400, message);

export const notImplemented = (what: string) =>
  new S3Error("NotImplemented", 501, `This server does not implement ${what}.`);
