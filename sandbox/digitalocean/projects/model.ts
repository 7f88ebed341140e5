/** A project: a name under which resources are grouped. Times in milliseconds since 1970. */
export interface Project {
  readonly id: string;
  name: string;
  description: string;
  purpose: string;
  environment: string;
  isDefault: boolean;
  readonly created: number;
  updated: number;
}
