const NODE_MAJOR = 26;
const PLATFORMS = ["linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64"];

/** What stands in the way of running here, in words that say what to do; undefined when nothing does. */
export function platformProblem(
  version = process.versions.node,
  platform = `${process.platform}-${process.arch}`,
): string | undefined {
  if (Number.parseInt(version, 10) < NODE_MAJOR) {
    return `This runs on Node ${NODE_MAJOR} or newer, and this is Node ${version}. Use "npm run dev" or "npm start": they bring the right Node along.`;
  }
  if (!PLATFORMS.includes(platform)) {
    return `Tintype runs on ${PLATFORMS.join(", ")}, and this is ${platform}. On Windows, use WSL 2.`;
  }
  return undefined;
}
