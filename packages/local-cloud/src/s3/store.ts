import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { S3Error } from "./errors.ts";

/** What a client may say about an object and gets back with it. */
export type Description = {
  contentType: string;
  /** cache-control, content-disposition, content-encoding, content-language, expires. */
  headers: Record<string, string>;
  /** x-amz-meta-…, without the prefix. */
  metadata: Record<string, string>;
};

export type StoredObject = Description & {
  key: string;
  byteSize: number;
  /** Without its quotes. */
  etag: string;
  /** Milliseconds since 1970, whole seconds: HTTP dates know no more. */
  modifiedAt: number;
  tags: [name: string, value: string][];
  /** Name of the file of bytes, inside the bucket's folder. */
  dataFile: string;
};

export type BucketSettings = {
  createdAt: number;
  corsXml?: string;
  lifecycleXml?: string;
};

export type Bucket = {
  name: string;
  dir: string;
  settings: BucketSettings;
  objects: Map<string, StoredObject>;
};

/**
 * Buckets on disk. An object is a file of bytes and a small JSON file named after the hash of its
 * key; renaming the JSON into place is the moment at which a new version exists, so a crash leaves
 * the old version or the new one. What a crash left over is removed at the next start.
 */
export class Store {
  readonly buckets = new Map<string, Bucket>();
  /** For files that are not part of an object yet; on the same disk, so that a rename is enough. */
  readonly incomingDir: string;
  readonly #dir: string;
  readonly #now: () => number;

  constructor(dir: string, now: () => number) {
    this.#dir = path.resolve(dir, "buckets");
    this.#now = now;
    this.incomingDir = path.resolve(dir, "incoming");
    rmSync(this.incomingDir, { recursive: true, force: true });
    mkdirSync(this.incomingDir, { recursive: true });
    mkdirSync(this.#dir, { recursive: true });
    for (const name of readdirSync(this.#dir)) this.buckets.set(name, this.#load(name));
  }

  createBucket(name: string): Bucket {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
      throw new S3Error("InvalidBucketName", 400, "The specified bucket is not valid.");
    }
    const dir = path.join(this.#dir, name);
    mkdirSync(path.join(dir, "objects"), { recursive: true });
    mkdirSync(path.join(dir, "data"), { recursive: true });
    mkdirSync(path.join(dir, "uploads"), { recursive: true });
    const bucket = { name, dir, settings: { createdAt: this.#now() }, objects: new Map() };
    this.saveSettings(bucket);
    this.buckets.set(name, bucket);
    return bucket;
  }

  removeBucket(bucket: Bucket): void {
    this.buckets.delete(bucket.name);
    rmSync(bucket.dir, { recursive: true, force: true });
  }

  saveSettings(bucket: Bucket): void {
    this.#replace(path.join(bucket.dir, "settings.json"), JSON.stringify(bucket.settings));
  }

  /** Makes the received file the object's content. Synchronous: nothing can come in between. */
  put(
    bucket: Bucket,
    key: string,
    content: { file: string; byteSize: number; etag: string },
    description: Description,
  ): StoredObject {
    const before = bucket.objects.get(key);
    const dataFile = path.join("data", randomUUID());
    renameSync(content.file, path.join(bucket.dir, dataFile));
    const object: StoredObject = {
      ...description,
      key,
      byteSize: content.byteSize,
      etag: content.etag,
      modifiedAt: Math.floor(this.#now() / 1_000) * 1_000,
      tags: [],
      dataFile,
    };
    this.save(bucket, object);
    if (before) rmSync(this.dataPath(bucket, before), { force: true });
    return object;
  }

  /** Writes the object's record, new or changed. */
  save(bucket: Bucket, object: StoredObject): void {
    this.#replace(recordPath(bucket, object.key), JSON.stringify(object));
    bucket.objects.set(object.key, object);
  }

  remove(bucket: Bucket, key: string): void {
    const object = bucket.objects.get(key);
    if (!object) return;
    bucket.objects.delete(key);
    rmSync(recordPath(bucket, key), { force: true });
    rmSync(this.dataPath(bucket, object), { force: true });
  }

  dataPath(bucket: Bucket, object: StoredObject): string {
    return path.join(bucket.dir, object.dataFile);
  }

  #load(name: string): Bucket {
    const dir = path.join(this.#dir, name);
    const settings = readJson<BucketSettings>(path.join(dir, "settings.json"));
    const objects = new Map<string, StoredObject>();
    const used = new Set<string>();
    for (const file of readdirSync(path.join(dir, "objects"))) {
      const object = readJson<StoredObject>(path.join(dir, "objects", file));
      objects.set(object.key, object);
      used.add(object.dataFile);
    }
    for (const file of readdirSync(path.join(dir, "data"))) {
      if (!used.has(path.join("data", file))) rmSync(path.join(dir, "data", file));
    }
    return { name, dir, settings, objects };
  }

  #replace(file: string, content: string): void {
    const incoming = path.join(this.incomingDir, randomUUID());
    writeFileSync(incoming, content);
    renameSync(incoming, file);
  }
}

/** Keys may hold anything, also "../": on disk there is only their hash. */
function recordPath(bucket: Bucket, key: string): string {
  const hash = createHash("sha256").update(key).digest("hex");
  return path.join(bucket.dir, "objects", `${hash}.json`);
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, "utf8")) as T;
}
