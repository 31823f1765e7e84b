// Command service answers short links.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"fairway.localhost/${{ values.repository }}/internal/links"
	"fairway.localhost/${{ values.repository }}/internal/telemetry"
	"fairway.localhost/${{ values.repository }}/internal/web"
)

// version is set by the build.
var version = "dev"

const drain = 5 * time.Second

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	address, err := address(os.Getenv("HOST"), os.Getenv("PORT"))
	if err != nil {
		return err
	}
	store, err := links.Load()
	if err != nil {
		return err
	}
	name := os.Getenv("OTEL_SERVICE_NAME")
	if name == "" {
		name = "${{ values.name }}"
	}
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	exporter := telemetry.New(telemetry.Options{
		Name:       name,
		Version:    version,
		Endpoint:   os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT"),
		Headers:    os.Getenv("OTEL_EXPORTER_OTLP_HEADERS"),
		Attributes: os.Getenv("OTEL_RESOURCE_ATTRIBUTES"),
	})
	defer exporter.Close()

	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler:           web.New(web.Options{Name: name, Version: version, Links: store, Log: log, Telemetry: exporter}),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}
	stopped, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	go func() {
		<-stopped.Done()
		log.Info("stopping")
		ctx, cancel := context.WithTimeout(context.Background(), drain)
		defer cancel()
		_ = server.Shutdown(ctx)
	}()
	log.Info(fmt.Sprintf("%s %s listens on %s", name, version, listener.Addr()), "links", store.Len())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// address is where to listen: all interfaces unless told, which is what a container wants.
func address(host, port string) (string, error) {
	if port == "" {
		port = "8080"
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", fmt.Errorf("PORT must be a port number, not %q", port)
	}
	return net.JoinHostPort(host, port), nil
}
