interface Attributes {
  readonly class?: string;
  readonly href?: string;
  readonly src?: string;
  readonly alt?: string;
  readonly width?: number;
  readonly height?: number;
  readonly type?: string;
  readonly onClick?: () => void;
}

/** Makes an element; strings become text, never markup. */
export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { onClick, ...attributes }: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (onClick !== undefined) element.addEventListener('click', onClick);
  element.append(...children);
  return element;
}
