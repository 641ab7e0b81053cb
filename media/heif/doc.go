// Package heif reads how a picture of the HEIF family (HEIC, AVIF and their kin, ISO/IEC 23008-12)
// is put together: which coded pictures it is made of, where they lie, and how the whole is
// cropped, turned and mirrored. It decodes nothing and trusts nothing: every size and reference
// comes from a file that anybody may have written.
//
// A phone's picture is usually a grid: dozens of coded tiles of 512 × 512, of which no single one
// is the picture. What is put together in a way that is not known here is an error, so that nobody
// takes a part for the whole.
package heif
