/// <reference types="vite/client" />

/** The theme's CSS variables, written at build time (vite.config.ts). */
declare module 'virtual:theme.css';
