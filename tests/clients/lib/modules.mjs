// Where npm put the clients. They lie outside this folder, so plain imports do not find them.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';

const given = resolve(process.env.CLIENTS_MODULES ?? join(import.meta.dirname, '..', 'node_modules'));
const folder = basename(given) === 'node_modules' ? given : join(given, 'node_modules');

/** Loads a module of an installed package. */
export const load = createRequire(join(folder, 'none.cjs'));

export const installed = (name) => existsSync(inside(name, 'package.json'));
export const inside = (name, ...path) => join(folder, ...name.split('/'), ...path);
export const manifest = (name) => JSON.parse(readFileSync(inside(name, 'package.json'), 'utf8'));
