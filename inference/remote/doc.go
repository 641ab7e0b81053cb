// Package remote has a model run on another computer, by the Open Inference Protocol (KServe's
// version 2) as Triton, MLServer, KServe and OpenVINO Model Server speak it over HTTP and gRPC.
// It knows tensors and nothing of what they mean.
//
// A [Client] describes a model and runs it. Tensors go as bytes where the server takes them (the
// binary tensor extension), else as numbers in JSON; which of the two is found out by the first
// run. Nothing but tensors is sent, to that server alone: no proxy is used and no redirection is
// followed. Nothing that comes back is trusted in size or shape.
//
// Any goroutine may call any method. The package starts none that outlives a call.
package remote
