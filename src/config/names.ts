import { z } from 'zod';

export const VariableName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,79}$/, 'This is the name of an environment variable, such as OMS_SECRET.');
