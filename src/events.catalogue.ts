// One line per room: importing this file declares every event there is.
export {};
