package cause

import "syscall"

// numbers are the error codes of Windows that package syscall does not name, or not by these
// numbers (System Error Codes, winerror.h).
var numbers = map[syscall.Errno]Code{
	4: TooManyFiles, 8: NoMemory, 17: OtherDisk, 19: ReadOnly, 23: DiskBroken, 32: InUse, 33: InUse,
	39: NoRoom, 112: NoRoom, 123: BadName, 145: NotEmpty, 206: NameTooLong, 223: TooLarge,
	267: NoFolder, 1117: DiskBroken,
	10013: NotAllowed, 10048: PortTaken, 10049: NoRoute, 10050: NoRoute, 10051: NoRoute,
	10053: CutOff, 10054: CutOff, 10060: TimedOut, 10061: Refused, 10064: NoRoute, 10065: NoRoute,
}

func ofNumber(n syscall.Errno) Code { return numbers[n] }
