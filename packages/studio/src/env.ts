/**
 * The whole environment of the child process: what it needs to find programs and temporary space.
 * It reads strangers' files, so database passwords and storage keys must not be in its reach.
 */
export function childEnvironment(): NodeJS.ProcessEnv {
  const { PATH, TMPDIR, SystemRoot } = process.env;
  return {
    ...(PATH ? { PATH } : {}),
    ...(TMPDIR ? { TMPDIR } : {}),
    ...(SystemRoot ? { SystemRoot } : {}),
  };
}

export const searchPath = (): string => process.env.PATH ?? "";
