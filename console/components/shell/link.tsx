import type { ComponentProps, MouseEvent } from 'react';
import { useConsole } from './console-context.tsx';

/** A link to a scene; plain clicks change the scene without loading the page again. */
export function Link({ to, ...rest }: { readonly to: readonly string[] } & ComponentProps<'a'>) {
  const { router } = useConsole();
  const onClick = (event: MouseEvent<HTMLAnchorElement>): void => {
    rest.onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey)
      return;
    event.preventDefault();
    router.navigate(...to);
  };
  return <a {...rest} href={router.hrefOf(...to)} onClick={onClick} />;
}
