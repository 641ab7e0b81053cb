// Package filelock has a file belong to one program at a time. The lock ends with the program that
// has it, however that ends. It belongs to nobody but us: other programs read and write the file.
package filelock
