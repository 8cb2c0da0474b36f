export { KeyRotations, type Rotator } from './key-rotations.ts';
export { type AccountKeysStatus, Keys, type MasterKeyStatus } from './keys.ts';
