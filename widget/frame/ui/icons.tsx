import type { VNode } from 'preact';

interface IconProps {
  readonly paths: readonly string[];
  readonly size?: number;
}

function Icon({ paths, size = 20 }: IconProps): VNode {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {paths.map((path) => (
        <path key={path} d={path} />
      ))}
    </svg>
  );
}

export const ChatIcon = () => (
  <Icon
    size={28}
    paths={[
      'M4 5.5h16a1.5 1.5 0 0 1 1.5 1.5v8.5A1.5 1.5 0 0 1 20 17h-8l-5 4v-4H4a1.5 1.5 0 0 1-1.5-1.5V7A1.5 1.5 0 0 1 4 5.5z',
      'M7.5 10h9M7.5 13h5.5',
    ]}
  />
);
export const CloseIcon = () => <Icon paths={['M6 6l12 12M18 6L6 18']} />;
export const SendIcon = () => <Icon paths={['M4 12l16-8-5.5 16-3-6.5L4 12z', 'M11.5 13.5L20 4']} />;
export const ClipIcon = () => (
  <Icon
    paths={[
      'M20 11.5l-8 8a5 5 0 0 1-7-7l8.5-8.5a3.4 3.4 0 0 1 4.8 4.8l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4l7.7-7.7',
    ]}
  />
);
export const FileIcon = () => <Icon paths={['M6 3h8l5 5v13H6z', 'M14 3v5h5']} />;
export const ShieldIcon = () => (
  <Icon size={14} paths={['M12 3l7 3v5c0 4.5-3 8-7 10-4-2-7-5.5-7-10V6l7-3z', 'M9 12l2 2 4-4']} />
);
export const WarningIcon = () => <Icon size={14} paths={['M12 4l9 16H3l9-16z', 'M12 10v4M12 17v.5']} />;
export const StarIcon = () => (
  <Icon
    size={26}
    paths={['M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9-4.3-4.1 5.9-.8L12 3.5z']}
  />
);
