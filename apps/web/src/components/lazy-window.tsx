import { type ComponentType, lazy, Suspense, useRef } from "react";

type Openable = { opened: boolean };

/**
 * A dialog whose code comes when it is first opened. From then on it stays in the page, so that it can
 * give the focus back to what opened it.
 */
export function lazyWindow<Props extends Openable>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): ComponentType<Props> {
  const Window = lazy(load);
  return function LazyWindow(props: Props) {
    const wanted = useRef(false);
    wanted.current ||= props.opened;
    if (!wanted.current) return null;
    return (
      <Suspense fallback={null}>
        <Window {...props} />
      </Suspense>
    );
  };
}
