import type { UseFormReturnType } from '@mantine/form';
import type { SettingsValues } from './settings-values.ts';

/** The settings form, as its parts take it. */
export type SettingsFormApi = UseFormReturnType<SettingsValues>;
