import type { WireCannedResponse } from '../../shared/protocol/index.ts';
import type { CannedResponse } from '../domain/index.ts';

export function presentCannedResponse(response: CannedResponse): WireCannedResponse {
  const { id, shortcut, text, tags, departmentId } = response;
  return {
    ...{ id, shortcut, text, tags },
    ...(departmentId !== undefined && { departmentId }),
    createdAt: new Date(response.createdAt).toISOString(),
    updatedAt: new Date(response.updatedAt).toISOString(),
  };
}
