// A library for any language, in Go: go build -buildmode=c-shared -o greet-linux-amd64.so greet.go
package main

/*
#include <stdlib.h>
*/
import "C"

import "unsafe"

//export Add
func Add(a, b int64) int64 { return a + b }

// The text belongs to the caller, who gives it back with FreeString.
//
//export Greet
func Greet(name *C.char) *C.char { return C.CString("Hello, " + C.GoString(name) + "!") }

//export Divide
func Divide(a, b int64) (quotient, remainder int64) { return a / b, a % b }

//export FreeString
func FreeString(text *C.char) { C.free(unsafe.Pointer(text)) }

func main() {}
