import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseSync } from '@swc/core';

export const PROJECT = resolve(__dirname, '../..');

/** A node of swc's syntax tree, as far as these tests look into it. */
export interface SyntaxNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Paths, relative to the project, of the TypeScript files below the folders. */
export function sourceFiles(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(PROJECT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(PROJECT.length + 1))
      .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path))
      .sort(),
  );
}

/** The syntax tree of a file. */
export function parse(path: string): SyntaxNode {
  return parseText(readFileSync(join(PROJECT, path), 'utf8'), path.endsWith('x'));
}

export function parseText(text: string, tsx = false): SyntaxNode {
  return parseSync(text, { syntax: 'typescript', tsx, target: 'es2022' }) as unknown as SyntaxNode;
}

/** Every node below the one given, and itself. */
export function* walk(value: unknown): Generator<SyntaxNode> {
  if (typeof value !== 'object' || value === null) return;
  if (isNode(value)) yield value;
  for (const child of Object.values(value)) yield* walk(child);
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
