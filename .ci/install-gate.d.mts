export function staticFaults(texts: { manifest: string; lock: string; npmrc: string }): string[];
export function installedFaults(root: string): string[];
