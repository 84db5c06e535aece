/**
 * @module
 * Whether a process is running.
 */

/** Whether this machine has a process of that number. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user exists, though no signal may be sent to it.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
