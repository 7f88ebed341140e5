require "test_helper"

class NightsControllerTest < ActionDispatch::IntegrationTest
  test "a night is written down, corrected and struck out" do
    post nights_path, params: { night: { date: "2026-02-01", minutes: 425, rest: 4 } }
    assert_redirected_to root_path
    post nights_path, params: { night: { date: "2026-02-01", minutes: 430, rest: 4 } }
    get root_path
    assert_includes response.body, "7 h 10"
    delete night_path(Night.sole)
    assert_equal 0, Night.count
  end

  test "what makes no sense is said so" do
    post nights_path, params: { night: { date: "2026-02-01", minutes: 9999, rest: 4 } }
    assert_response :unprocessable_content
    assert_includes response.body, "Minutes must be in 0..1440"
  end

  test "healthy" do
    get "/up"
    assert_equal "ok\n", response.body
  end
end
